import { ComplianceRow } from './compliance';
import { MaturityGrade } from './maturity-grade';
import { Policies, Policy } from '../policies';

/** The verdict on a policy or a control as a whole. */
export type Verdict = ComplianceRow['verdict'] | 'not applicable';

/** Policies that mean nothing on a cloud, by id, and why. */
export type Inapplicable = { readonly [policy: string]: string };

/** The evidence for people and for machines; the same rows give the same bytes. */
export function complianceJson(
  rows: readonly ComplianceRow[],
  maturity: MaturityGrade,
  meaningless: Inapplicable = {},
): string {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  return (
    JSON.stringify(
      {
        version: 1,
        summary: {
          compliant: count('compliant'),
          exception: count('exception'),
          undecided: count('undecided'),
          violation: count('violation'),
        },
        maturity,
        controls: Object.fromEntries(
          controls().map((control) => [
            control,
            {
              verdict: overall(rowsOfControl(rows, control)),
              policies: serving(control).map((policy) => policy.id),
            },
          ]),
        ),
        policies: Object.fromEntries(
          Policies.ALL.map((policy) => [
            policy.id,
            {
              title: policy.title,
              severity: policy.severity,
              controls: policy.controls,
              verdict: overall(rowsOfPolicy(rows, policy)),
              ...(meaningless[policy.id] === undefined ? {} : { reason: meaningless[policy.id] }),
              resources: rowsOfPolicy(rows, policy).map(({ policy: _, fix: __, ...row }) => row),
            },
          ]),
        ),
      },
      undefined,
      2,
    ) + '\n'
  );
}

/** The same, to be read. */
export function complianceMarkdown(
  rows: readonly ComplianceRow[],
  maturity: MaturityGrade,
  meaningless: Inapplicable = {},
): string {
  const exceptions = rows.filter((row) => row.verdict === 'exception');
  return [
    '# Compliance',
    '',
    'What the policies say of the synthesized stacks. A policy is evidence for the controls it serves, never the whole of them.',
    '',
    '## Controls',
    '',
    ...table(
      ['Control', 'Verdict', 'Policies'],
      controls().map((control) => [
        control,
        overall(rowsOfControl(rows, control)),
        serving(control)
          .map((policy) => policy.id)
          .join(', '),
      ]),
    ),
    '## Policies',
    '',
    ...table(
      ['Policy', 'What must hold', 'Severity', 'Verdict', 'Resources'],
      Policies.ALL.map((policy) => [
        policy.id,
        policy.title,
        policy.severity,
        [overall(rowsOfPolicy(rows, policy)), meaningless[policy.id]].filter((each) => each !== undefined).join(': '),
        String(rowsOfPolicy(rows, policy).length),
      ]),
    ),
    '## Exceptions',
    '',
    ...(exceptions.length === 0
      ? ['None.', '']
      : table(
        ['Policy', 'Resource', 'What', 'Reason'],
        exceptions.map((row) => [row.policy, row.resource, row.details.join('; '), row.reasons.join('; ')]),
      )),
    '## Maturity',
    '',
    maturity.level === undefined
      ? 'Some practices of level 0 are not proven.'
      : `Level ${maturity.level}: every practice up to it is proven by a resource.`,
    '',
    ...table(
      ['Practice', 'From level', 'Proven by'],
      maturity.practices.map(({ practice, fromLevel, evidence }) => [
        practice,
        String(fromLevel),
        evidence.length === 0
          ? 'nothing'
          : evidence.length === 1
            ? evidence[0]
            : `${evidence[0]} and ${evidence.length - 1} more`,
      ]),
    ),
    '## Resources',
    '',
    ...table(
      ['Policy', 'Resource', 'Type', 'Verdict', 'Details'],
      rows.map((row) => [row.policy, row.resource, row.resourceType ?? '', row.verdict, row.details.join('; ')]),
    ),
  ].join('\n');
}

/** The worst of the verdicts speaks for all. */
export function overall(rows: readonly ComplianceRow[]): Verdict {
  const worstFirst: Verdict[] = ['violation', 'undecided', 'exception', 'compliant'];
  return worstFirst.find((verdict) => rows.some((row) => row.verdict === verdict)) ?? 'not applicable';
}

/** Every control that a policy serves. */
export function controls(): string[] {
  return [...new Set(Policies.ALL.flatMap((policy) => policy.controls))].sort();
}

/** The policies that serve a control. */
export function serving(control: string): Policy[] {
  return Policies.ALL.filter((policy) => policy.controls.includes(control));
}

/** The rows that are about a policy. */
export function rowsOfPolicy(rows: readonly ComplianceRow[], policy: Policy): ComplianceRow[] {
  return rows.filter((row) => row.policy === policy.id);
}

/** The rows of all policies that serve a control. */
export function rowsOfControl(rows: readonly ComplianceRow[], control: string): ComplianceRow[] {
  return serving(control).flatMap((policy) => rowsOfPolicy(rows, policy));
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line), ''];
}
