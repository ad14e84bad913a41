/** Colours say no more than symbols, words and hatching do. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1b1f24, #e6e8eb);
  --faint: light-dark(#57606a, #9aa4af);
  --paper: light-dark(#ffffff, #14171a);
  --raised: light-dark(#f4f5f7, #1e2226);
  --line: light-dark(#d4d9df, #353b42);
  --run: light-dark(#2f7d4f, #4fae78);
  --wait: light-dark(#c3cad3, #4a525b);
  --boot: light-dark(#8fa9d4, #5b78ab);
  --boot-ink: light-dark(#3a5a94, #8fb0e6);
  --lost: light-dark(#c0392b, #e5675a);
  --pause: light-dark(#e0b04a, #b98a2c);
  --person: light-dark(#9163b6, #a983c9);
  --frame: light-dark(#1b1f24, #ffffff);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.15rem; }
h3 { margin: 0 0 .3rem; font-size: 1rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; }
.above { display: flex; flex-wrap: wrap; gap: .3rem 1rem; margin: 0 0 1rem; font-size: .85rem; color: var(--faint); }
.above a, .builds a, td a { color: inherit; }
#live::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em; border-radius: 50%; border: 1.5px solid currentColor; }
#live.follows::before { background: var(--run); border-color: var(--run); }
#live.trouble { color: var(--lost); }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.builds { list-style: none; padding: 0; }
.builds li { padding: .5rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.builds .state { margin-right: .6rem; }
.verdict { font-size: 1.1rem; }
.state { padding: .1em .5em; border-radius: .3em; border: 1px solid currentColor; font-weight: 600; }
.state.running { color: var(--boot-ink); }
.state.succeeded { color: var(--run); }
.state.failed, .state.aborted, .state.timed_out { color: var(--lost); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .6rem 0; color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.failure { border-left: 4px solid var(--lost); background: var(--raised); padding: .7rem .9rem; margin: .7rem 0; }
pre { overflow-x: auto; margin: .5rem 0; padding: .6rem; background: var(--paper); border: 1px solid var(--line); font-size: .85rem; }
code { overflow-wrap: anywhere; }
details > summary { cursor: pointer; padding: .3rem 0; }
details > summary h2 { display: inline; }
summary span { color: var(--faint); }
:focus-visible { outline: 2px solid var(--boot); outline-offset: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; padding: 0; margin: .6rem 0; color: var(--faint); font-size: .85rem; }
.legend .stretch { position: static; display: inline-block; width: 1.6em; height: .8em; margin-right: .4em; vertical-align: baseline; }
.ruler { position: relative; height: 1.2rem; margin-left: 15rem; margin-right: 17rem; border-bottom: 1px solid var(--line); font-size: .75rem; color: var(--faint); }
.ruler span { position: absolute; border-left: 1px solid var(--line); padding-left: .2rem; white-space: nowrap; }
.timeline ol { list-style: none; margin: 0; padding: 0; }
.timeline ol li { display: grid; grid-template-columns: 15rem 1fr 17rem; align-items: center; font-size: .85rem; min-height: 1.5rem; }
.timeline .name { overflow-wrap: anywhere; padding-right: .6rem; }
.timeline .words { padding-left: .6rem; color: var(--faint); overflow-wrap: anywhere; }
.timeline li.failed .words, td.failed { color: var(--lost); }
.bar { position: relative; height: .95rem; background: var(--raised); border-radius: 2px; }
.stretch { position: absolute; top: 0; height: 100%; min-width: 2px; background: var(--run); }
.stretch.wait { background: var(--wait); }
.stretch.look { background: repeating-linear-gradient(90deg, var(--wait) 0 2px, transparent 2px 4px); }
.stretch.boot { background: var(--boot); }
.stretch.lost { background: repeating-linear-gradient(135deg, var(--lost) 0 5px, transparent 5px 7px) var(--raised); }
.stretch.pause { background: repeating-linear-gradient(90deg, var(--pause) 0 2px, transparent 2px 5px); }
.stretch.person { background: var(--person); }
li.critical .bar { outline: 1.5px solid var(--frame); outline-offset: 1px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; white-space: nowrap; }
thead th { background: var(--raised); }
tbody th { font-weight: 500; }
td:last-child { white-space: normal; min-width: 16rem; }
.matrix td:last-child { min-width: 0; white-space: nowrap; }
td.succeeded { color: var(--run); }
td.skipped { color: var(--faint); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 48rem) {
  .ruler { margin: 0; }
  .timeline ol li { grid-template-columns: 1fr; padding: .3rem 0; gap: .15rem; }
  .timeline .words { padding: 0; }
}
@media print { details { break-inside: avoid; } }
`;
