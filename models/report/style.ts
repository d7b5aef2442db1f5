/** The report's look: the lab's colours in light and dark, eight series told apart by hue and lightness, and print. */
export const style = `
:root { color-scheme: light dark;
  --ground: #f7f6f2; --panel: #fefdfb; --line: #dcdad3; --ink: #1c2630; --soft: #4a555e; --faint: #6a747c;
  --accent: #14657a; --good: #1c6f43; --good-wash: #e2f3e8; --warn: #7d5200; --warn-wash: #faf0d9;
  --bad: #ab2b25; --bad-wash: #fbe9e6; --plain-wash: #eceae4;
  --s0: #14657a; --s1: #c4502e; --s2: #6d4ba8; --s3: #8a6d00; --s4: #2f7d4f; --s5: #b03a78; --s6: #3f6fc0; --s7: #8a9299; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #12181c; --panel: #182025; --line: #333e45; --ink: #ebe9e3; --soft: #adb7bd; --faint: #8d989f;
  --accent: #64bccf; --good: #6cc796; --good-wash: #18352a; --warn: #e2b662; --warn-wash: #3a2e17;
  --bad: #ef8379; --bad-wash: #41231f; --plain-wash: #263037;
  --s0: #64bccf; --s1: #f0906c; --s2: #b79bec; --s3: #d9b84a; --s4: #74c795; --s5: #ec8bb9; --s6: #8ab0f2; --s7: #7d878e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 14px/1.5 ui-sans-serif, system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; }
main { max-width: 1320px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 6px; text-wrap: balance; }
h2 { font-size: 19px; margin: 44px 0 12px; padding-top: 14px; border-top: 1px solid var(--line); }
h3 { font-size: 15px; margin: 24px 0 8px; }
p { max-width: 78ch; margin: 8px 0; }
a { color: var(--accent); }
nav { margin: 14px 0; display: flex; flex-wrap: wrap; gap: 4px 16px; }
ul.plain { max-width: 84ch; padding-left: 20px; } ul.plain li { margin: 4px 0; }
.soft { color: var(--soft); } .note { color: var(--soft); font-size: 12.5px; margin: 6px 0 0; }
figure { margin: 18px 0; } figcaption { font-weight: 600; margin-bottom: 6px; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; width: fit-content; max-width: 100%; background: var(--panel); border: 1px solid var(--line); border-radius: 5px; }
table { border-collapse: collapse; font-size: 12.5px; }
th { text-align: left; vertical-align: bottom; font-weight: 600; color: var(--soft); font-size: 12px; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; } td.figure { white-space: nowrap; }
td:nth-child(2):not(.figure) { min-width: 15ch; } td:first-child { font-weight: 600; min-width: 14ch; position: sticky; left: 0; background: var(--panel); } td:last-child:not(.figure), td:nth-last-child(2):not(.figure) { min-width: 20ch; }
td.missing { color: var(--faint); font-style: italic; }
.source { display: inline-block; font-size: 10.5px; font-weight: 500; font-style: normal; line-height: 1.4; padding: 0 5px;
  border-radius: 3px; vertical-align: 1px; white-space: nowrap; background: var(--plain-wash); color: var(--soft); }
.source.measured { background: var(--good-wash); color: var(--good); }
.source.modelled { background: var(--warn-wash); color: var(--warn); }
.legend { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; margin: 10px 0; font-size: 12.5px; color: var(--soft); }
.legend dd { margin: 0; }
.claims { list-style: none; padding: 0; margin: 10px 0; display: grid; gap: 8px; }
.claims li { display: grid; grid-template-columns: 108px 1fr; gap: 4px 14px; padding: 10px 14px; background: var(--panel);
  border: 1px solid var(--line); border-radius: 5px; }
.claims p { margin: 0; max-width: none; } .claims .claim { font-weight: 600; } .claims .finding { grid-column: 2; color: var(--soft); }
.verdict { justify-self: start; align-self: start; font-size: 11.5px; font-weight: 600; padding: 1px 7px; border-radius: 3px;
  background: var(--plain-wash); color: var(--soft); white-space: nowrap; }
.verdict.holds { background: var(--good-wash); color: var(--good); }
.verdict.part { background: var(--warn-wash); color: var(--warn); }
.verdict.fails { background: var(--bad-wash); color: var(--bad); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 12px 0; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 360px), 1fr)); gap: 18px; align-items: start; }
.plot { margin: 0; padding: 12px 14px; background: var(--panel); border: 1px solid var(--line); border-radius: 5px; break-inside: avoid; }
.wide { grid-column: 1 / -1; }
svg { display: block; width: 100%; height: auto; max-width: 520px; font-size: 11px; } .wide svg { max-width: 900px; }
svg text { fill: var(--soft); font-variant-numeric: tabular-nums; } svg .label { fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; } .axis { stroke: var(--faint); }
polyline { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
polyline.faint { stroke-width: 1; stroke-opacity: .6; } polyline.reference { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 4 4; }
.dot { fill: var(--c); fill-opacity: .75; stroke: var(--panel); stroke-width: 1; }
.sound { fill: var(--ink); }
.area { fill: var(--c); fill-opacity: .28; stroke: var(--c); stroke-width: 1.5; stroke-linejoin: round; }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
.s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); } .s7 { --c: var(--s7); }
.confusion .ground { fill: var(--ground); stroke: var(--line); } .confusion .right { fill: var(--s0); } .confusion .wrong { fill: var(--s1); }
.confusion text.on-shade { fill: var(--panel); }
.key { list-style: none; padding: 0; margin: 6px 0 0; display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 12.5px; color: var(--soft); }
.key li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere; }
.key li::before { content: ''; flex: none; width: 16px; height: 3px; border-radius: 2px; background: var(--c); }
.key li.faint::before { height: 1px; } .key li.area::before { height: 10px; opacity: .55; }
details { margin: 14px 0; } summary { cursor: pointer; color: var(--accent); font-weight: 600; }
@media (max-width: 560px) { main { padding: 20px 12px 40px; } .claims li { grid-template-columns: 1fr; } .claims .finding { grid-column: 1; } }
@media print { body { background: none; } .scroll { overflow: visible; } h2 { break-after: avoid; } }
`;
