extension Page {
  /// The hash by which the policy allows `style`.
  static let styleHash = "5NZfvSQoTQhOPXHU/lC9QoA6KJ/Mph+qkXU0CsGroi0="

  /// The style of all pages; the sandbox's pages build on it.
  ///
  /// Sizes adapt to windows from 320 px to a wall display. Text meets WCAG 2.2 AA (1.4.3) in both
  /// schemes; with forced colours (high contrast) every border and the mark stay visible, drawn in
  /// the colour of the text.
  public static let style = """
    :root{color-scheme:light dark;--paper:#f6f4ef;--card:#fffefb;--ink:#1b1d22;--soft:#565a63;\
    --line:#dcd8ce;--tone:#18704a;--wash:#ebf4ee;\
    --edge:clamp(1.4rem,6vw,2.6rem)}
    .pause{--tone:#8a5300;--wash:#faf2e1}
    .bad{--tone:#a92b2b;--wash:#faecea}
    @media (prefers-color-scheme:dark){
    :root{--paper:#121418;--card:#1a1d23;--ink:#eceae4;--soft:#a9adb7;--line:#2f343d;\
    --tone:#6fce9c;--wash:#1b2b25}
    .pause{--tone:#ecb65a;--wash:#2d2619}
    .bad{--tone:#f39a90;--wash:#321f20}
    }
    *{box-sizing:border-box;margin:0}
    html{font:clamp(1rem,.82rem + .55vw,2.5rem)/1.55 system-ui,-apple-system,"Segoe UI",Roboto,\
    "Helvetica Neue",sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{min-height:100vh;min-height:100svh;display:grid;place-items:center;\
    padding:clamp(1rem,5vw,4rem);background:var(--paper);color:var(--ink)}
    main{width:100%;max-width:34rem;overflow:hidden;background:var(--card);\
    border:1px solid var(--line);border-radius:1rem}
    header{display:flex;align-items:center;justify-content:space-between;\
    padding:var(--edge) var(--edge) 0}
    header p{font:600 .9rem/1 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;\
    color:var(--soft)}
    svg{width:3.4rem;height:3.4rem;margin-left:-.1rem;fill:none;stroke:var(--tone);\
    stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
    circle{fill:var(--wash);stroke-width:2}
    h1{padding:1.5rem var(--edge) 0;font-size:clamp(1.6rem,1.2rem + 1.6vw,2.15rem);\
    line-height:1.14;font-weight:650;letter-spacing:-.02em;text-wrap:balance}
    .text{padding:.9rem var(--edge) var(--edge);color:var(--soft);text-wrap:pretty}
    dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.2rem;margin-top:1.2rem}
    dd{color:var(--ink);overflow-wrap:anywhere}
    code{font:.84em ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    @media (max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd + dt{margin-top:.6rem}}
    .next{padding:1.35rem var(--edge) 1.5rem;background:var(--wash);\
    border-top:1px solid var(--line);text-wrap:pretty}
    h2{margin-bottom:.2rem;font-size:.85rem;font-weight:650;color:var(--tone)}
    @media (forced-colors:active){svg{stroke:CanvasText}circle{fill:none}}
    """
}
