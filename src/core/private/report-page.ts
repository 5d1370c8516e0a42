import { ComplianceRow, sharedFindings } from './compliance';
import { controls, Inapplicable, overall, rowsOfControl, rowsOfPolicy, serving, Verdict } from './compliance-report';
import { CONTROL_TITLES } from './control-titles';
import { html, Html } from './html';
import { MaturityGrade, PracticeGrade } from './maturity-grade';
import { MaturityModel } from '../maturity';
import { Policies } from '../policies';

/**
 * `report.html`: the evidence on one page for people. It asks nothing of any other server, its policy forbids that, and
 * the same rows give the same bytes.
 */
export function reportPage(
  name: string,
  rows: readonly ComplianceRow[],
  maturity: MaturityGrade,
  meaningless: Inapplicable = {},
): string {
  const exceptions = rows.filter((row) => row.verdict === 'exception');
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${name}: maturity and compliance</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${name}</h1>
<p>Read from the synthesized resources, not from what is running.</p>
${maturitySection(maturity)}
${findingsSection(rows)}
<h2 id="controls">Controls</h2>
<p>A policy is evidence for the controls that it serves, never the whole of them: a control is met by people and by
processes too. <q>No finding</q> says that these checks found nothing against it.</p>
${table(['Control', 'Title', 'Checks say', 'Policies'], controls().map((control) => [
  control,
  CONTROL_TITLES[control],
  badge(overall(rowsOfControl(rows, control))),
  serving(control).map(({ id }) => id).join(', '),
]))}
<h2 id="policies">Policies</h2>
${table(['Policy', 'Requirement', 'Risk otherwise', 'Checks say', 'Resources'], Policies.ALL.map((policy) => [
  policy.id,
  policy.title,
  policy.rationale,
  html`${badge(overall(rowsOfPolicy(rows, policy)))} ${meaningless[policy.id] ?? ''}`,
  String(rowsOfPolicy(rows, policy).length),
]))}
<h2 id="exceptions">Exceptions</h2>
${exceptions.length === 0 ? html`<p>None.</p>` : table(['Policy', 'Resource', 'Finding', 'Reason'], exceptions.map((row) => [
  row.policy, row.resource, row.details.join('; '), row.reasons.join('; '),
]))}
</body>
</html>
`.html;
}

const STYLE = html`
body { font: 15px/1.45 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #d7dce1; }
td { overflow-wrap: anywhere; }
.verdict { white-space: nowrap; border-radius: .25rem; padding: 0 .4rem; background: #e7ebef; }
.violation { background: #f9d6d5; }
.exception, .undecided { background: #fbecc8; }
.compliant { background: #d5efdb; }
`;

/** The verdicts in words that promise no more than a check can know. */
const WORDS: { readonly [verdict in Verdict]: string } = {
  'compliant': 'no finding',
  'violation': 'finding',
  'exception': 'accepted exception',
  'undecided': 'not known at synthesis',
  'not applicable': 'nothing to check',
};

function badge(verdict: Verdict): Html {
  return html`<span class="verdict ${verdict}">${WORDS[verdict]}</span>`;
}

function maturitySection({ level, practices }: MaturityGrade): Html {
  const next = level === undefined ? 0 : level + 1;
  const missing = practices.filter(({ fromLevel, evidence }) => fromLevel <= next && evidence.length === 0);
  const evidenceOf = ({ practice }: PracticeGrade) =>
    MaturityModel.PRACTICES.find(({ name }) => name === practice)?.evidence ?? '';
  return html`<h2 id="maturity">Maturity</h2>
<p class="level">${level === undefined ? 'Below level 0: resources for some of its practices are missing.'
  : `Level ${level}: for every practice up to it a resource is present.`}</p>
${missing.length === 0 ? html`<p>No level is above it.</p>` : html`<h3>Missing for level ${next}</h3>
<ul class="missing">
${missing.map((each) => html`<li><b>${each.practice}</b>: ${evidenceOf(each)}</li>`)}
</ul>`}
<h3>Practices</h3>
${table(['Practice', 'Asks for', 'From level', 'Resources present'], practices.map((each) => [
  each.practice, evidenceOf(each), String(each.fromLevel), each.evidence.length === 0 ? 'none' : resources(each.evidence),
]))}`;
}

function findingsSection(rows: readonly ComplianceRow[]): Html {
  const findings = sharedFindings(rows);
  return html`<h2 id="findings">Findings</h2>
${findings.length === 0 ? html`<p>None.</p>` : table(
  ['Policy', 'Severity', 'Finding', 'Resources', 'Fix'], findings.map(({ row, resources: paths }) => [
    row.policy, Policies.find(row.policy).severity, row.details.join('; '), resources(paths), row.fix ?? '',
  ]))}`;
}

/** One path as it is, several to be unfolded. */
function resources(paths: readonly string[]): string | Html {
  if (paths.length === 1) return paths[0];
  return html`<details><summary>${paths.length} resources</summary>${paths.map((path) => html`<div>${path}</div>`)}</details>`;
}

function table(head: readonly string[], lines: readonly (readonly (string | Html)[])[]): Html {
  return html`<table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${lines.map((line) => html`<tr>${line.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
</tbody>
</table>`;
}
