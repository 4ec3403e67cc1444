extension Page {
  /// `GET /style.css`: served apart from the pages, so that their policy allows no inline style.
  static let stylesheet = Response(
    status: 200,
    headers: [
      Header("Content-Type", "text/css; charset=utf-8"), Header("Cache-Control", "no-store"),
      Header("X-Content-Type-Options", "nosniff"),
    ],
    body: Array(
      """
      :root {
        color-scheme: light dark;
        --ink: light-dark(#17212b, #e8edf2);
        --quiet: light-dark(#56636f, #9fadba);
        --paper: light-dark(#f3f5f7, #11171d);
        --card: light-dark(#ffffff, #1a222a);
        --line: light-dark(#d5dce2, #33404c);
        --accent: light-dark(#1257b0, #8cbcff);
        --on-accent: light-dark(#ffffff, #0c1a2c);
        --notice: light-dark(#ffe7a3, #4a3b08);
      }
      * { box-sizing: border-box; }
      body {
        margin: 0; background: var(--paper); color: var(--ink);
        font: 1rem/1.5 system-ui, sans-serif;
      }
      .notice { margin: 0; padding: .6rem 1rem; background: var(--notice); text-align: center; }
      main {
        max-width: 34rem; margin: 2rem auto; padding: 1.5rem 2rem 2rem;
        background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
      }
      h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; }
      h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
      dt { color: var(--quiet); }
      dd { margin: 0; overflow-wrap: anywhere; }
      code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
      ul { margin: 0; padding-left: 1.2rem; }
      .scopes { display: flex; flex-wrap: wrap; gap: .4rem; padding: 0; list-style: none; }
      .scopes li { padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem; }
      .aside { color: var(--quiet); }
      a { color: var(--accent); }
      form { display: flex; gap: .75rem; margin-top: 1.75rem; }
      button {
        flex: 1; padding: .65rem 1rem; font: inherit; font-weight: 600; color: var(--accent);
        background: transparent; border: 1px solid var(--accent); border-radius: .5rem;
        cursor: pointer;
      }
      button.primary { background: var(--accent); color: var(--on-accent); }
      button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
      @media (max-width: 38rem) {
        main { margin: 0; padding: 1.25rem; border: 0; border-radius: 0; }
        dl { grid-template-columns: 1fr; gap: 0; }
        dd { margin-bottom: .5rem; }
      }

      """.utf8))
}
