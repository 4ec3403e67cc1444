extension Page {
  /// One style for all pages, so that one hash allows it.
  ///
  /// Sizes follow the window from 320 px to a wall. Text meets WCAG 2.2 AA (1.4.3) in both schemes;
  /// forced colours (high contrast) keep every border and the mark, which are drawn in the colour of
  /// the text then.
  static let style = """
    :root{color-scheme:light dark;--paper:#f6f4ef;--card:#fffefb;--ink:#1b1d22;--soft:#565a63;\
    --line:#dcd8ce;--tone:#18704a;--wash:#e7f2ea}
    .pause{--tone:#8a5300;--wash:#f8eed9}
    .bad{--tone:#a92b2b;--wash:#f9e8e5}
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
    main{width:100%;max-width:35rem;padding:clamp(1.5rem,6vw,3rem);background:var(--card);\
    border:1px solid var(--line);border-top:.3rem solid var(--tone);border-radius:.6rem}
    .name{font:600 .85rem/1 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;\
    color:var(--soft)}
    .mark{display:block;width:3.2rem;height:3.2rem;margin:2.2rem 0 1.3rem;fill:none;\
    stroke:var(--tone);stroke-width:3;stroke-linecap:round;stroke-linejoin:round}
    .mark circle{fill:var(--wash);stroke-width:2}
    h1{font-size:clamp(1.55rem,1.2rem + 1.6vw,2.1rem);line-height:1.15;font-weight:650;\
    letter-spacing:-.018em;text-wrap:balance}
    .text{margin-top:.85rem;color:var(--soft);text-wrap:pretty}
    .next{margin-top:2rem;padding-top:1.4rem;border-top:1px solid var(--line);text-wrap:pretty}
    .next b{display:block;margin-bottom:.3rem;font-size:.85rem;font-weight:600;color:var(--tone)}
    @media (forced-colors:active){.mark{stroke:CanvasText}.mark circle{fill:none}}
    """
}
