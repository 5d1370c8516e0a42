import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import * as ts from 'typescript';
import { MlopsError } from '../../src/core/private/errors';

const SRC = path.resolve(__dirname, '..', '..', 'src');

/** A prop of a public struct, or a parameter of a public method, that is text. */
export interface TextProp {
  /** The struct, or the method: `DataLakeProps`, `Principal.user`. */
  readonly owner: string;
  readonly prop: string;
  readonly shape: 'text' | 'texts' | 'named texts';
  readonly isOptional: boolean;
}

/**
 * Every text of the public structs and methods below a folder of `src`, read from the source, each where it is
 * declared; integrations have tests of their own.
 */
export function textProps(folder: string): TextProp[] {
  const files = fs.readdirSync(path.join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(private|policies|integrations)\//.test(file));
  return files.sort().flatMap((file) => {
    const source = ts.createSourceFile(
      file,
      fs.readFileSync(path.join(SRC, folder, file), 'utf8'),
      ts.ScriptTarget.ES2022,
      true,
    );
    return source.statements.filter((each) => isExported(each) && !isInternal(each)).flatMap((each) => {
      if (ts.isInterfaceDeclaration(each)) {
        return /^I[A-Z]/.test(each.name.text)
          ? []
          : textsOf(each.name.text, each.members.filter(ts.isPropertySignature));
      }
      return ts.isClassDeclaration(each)
        ? each.members
          .filter(isPublicMethod)
          .flatMap((method) => textsOf(`${each.name!.text}.${method.name.getText()}`, method.parameters))
        : [];
    });
  });
}

/**
 * How a test makes what has a text: it builds the smallest legal thing with the change in the struct (in the parameters
 * of the method), synthesizes it, and answers what its provider's schema does not take.
 */
export type TextSubject = (change: { readonly [prop: string]: any }) => readonly string[];

/** What `proveTexts` needs of a cloud. */
export interface TextProof {
  /** Folders of `src` whose texts are meant: `['core', 'gcp']`. */
  readonly folders: readonly string[];
  /** By owner. */
  readonly subjects: { readonly [owner: string]: TextSubject };
  /** Owners, and `owner.prop`, of the cloud that no user gives, each with the reason. */
  readonly exempt?: { readonly [owner: string]: string };
  /** What errors call a text instead, a pattern by `owner.prop`: a parameter has no name where the user wrote it. */
  readonly calledAs?: { readonly [text: string]: string };
  /** A text that only the deployment knows. */
  readonly token: string;
}

/**
 * Tests that any value of any text ends in a refusal that names construct, prop, what it got and what it wants, or in a
 * configuration that the provider's schema takes; never in an error of another kind.
 */
export function proveTexts({ folders, subjects, exempt = {}, calledAs = {}, token }: TextProof): void {
  const reasons = { ...NOT_GIVEN, ...exempt };
  const names: { readonly [text: string]: string } = { ...NAMES, ...calledAs };
  const all = folders
    .flatMap(textProps)
    .filter(({ owner, prop }) => !(owner in reasons) && !(`${owner}.${prop}` in reasons));
  const owners = [...new Set(all.map(({ owner }) => owner))];

  test('every text has a subject', () => {
    expect(Object.keys(subjects).sort()).toEqual([...owners].sort());
  });

  test.each(owners.filter((owner) => owner in subjects))('%s takes a text or refuses it', (owner) => {
    expect(subjects[owner]({})).toEqual([]);
    const own = all.filter((each) => each.owner === owner);
    const faults = own.flatMap((each) => valuesOf(each, token).flatMap((value) => {
      const fault = faultOf(() => subjects[owner]({ [each.prop]: value }), names[`${owner}.${each.prop}`] ?? each.prop);
      return fault === undefined ? [] : [`${each.prop} = ${text(value)}: ${fault}`];
    }));
    expect(faults).toEqual([]);
  });
}

/** Texts of the vocabulary that no user gives, each with the reason. */
const NOT_GIVEN = {
  'AssessedPractice': 'describes the library',
  'MaturityPractice': 'describes the library',
  'ParityRow': 'describes the library',
  'Policy': 'describes the library',
  'Parity.find': 'asks the table of the library',
};

/** What errors call the parameters of the vocabulary. */
const NAMES = {
  'BatchServingOptions.inputPrefix': 'inputPrefix|prefix of a grant',
  'BatchServingOptions.outputPrefix': 'outputPrefix|prefix of a grant',
  'ModelQualitySpec.labelsPrefix': 'labelsPrefix|prefix of a grant',
  'ContainerImage.fromUri.uri': 'uri|image',
  'Schedule.cron.expression': 'cron',
  'Trigger.newData.prefix': 'prefix|dataPrefix',
};

/** Texts that some service, engine or shell reads in its own way, and what is no text. */
const STRANGE = [
  null,
  '',
  ' ',
  5,
  true,
  {},
  { a: 'b' },
  [],
  [5],
  [undefined],
  ['a', ''],
  'x'.repeat(2000),
  'a b',
  'ä/ö',
  '${a.b}',
  '%{if}',
  'a"b\'c',
  'a\nb',
  '\u0000',
  '\ud800',
  '../a',
  'A_b-C',
  '-',
  '0',
  'https://a.b/c',
  'gs://a/b',
  'a@b.c',
] as const;

function valuesOf({ shape, isOptional }: TextProp, token: string): unknown[] {
  const texts = [
    ...STRANGE,
    token,
    ...fc.sample(fc.string({ maxLength: 40, unit: 'grapheme' }), { numRuns: 5, seed: 20 }),
  ];
  const required = isOptional ? [] : [undefined];
  if (shape === 'text') return [...required, ...texts];
  if (shape === 'texts') return [...required, ...texts, ...texts.map((each) => [each])];
  return [
    ...required,
    ...texts,
    ...texts.map((each) => ({ name: each })),
    ...texts.filter((each) => typeof each === 'string').map((each) => ({ [each as string]: 'text' })),
  ];
}

function faultOf(build: () => readonly string[], prop: string): string | undefined {
  try {
    return build()[0];
  } catch (error) {
    return unclear(error as Error, prop);
  }
}

/** What is missing in a refusal. */
function unclear(error: Error, prop: string): string | undefined {
  if (!(error instanceof MlopsError)) return `${error.name}: ${error.message.slice(0, 300)}`;
  if (!new RegExp(prop).test(error.message)) return `does not name the prop: ${error.message}`;
  const isWhole =
    /^[a-z][a-z0-9 -]*( '[^]*')?: [^]* must [^]*, got /.test(error.message) || error.name.startsWith('Unsupported');
  return isWhole ? undefined : `does not say what it got and what it wants: ${error.message}`;
}

function text(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 60);
}

function textsOf(owner: string, members: readonly (ts.PropertySignature | ts.ParameterDeclaration)[]): TextProp[] {
  return members.flatMap((member) => {
    const [prop, type] = [member.name.getText(), member.type?.getText() ?? ''];
    const shape = SHAPES.find(([written]) => written.test(type))?.[1];
    if (shape === undefined || (ts.isParameter(member) && prop === 'id')) return [];
    return [
      {
        owner,
        prop,
        shape,
        isOptional: member.questionToken !== undefined || (ts.isParameter(member) && member.initializer !== undefined),
      },
    ];
  });
}

const SHAPES: readonly [RegExp, TextProp['shape']][] = [
  [/^string$/, 'text'],
  [/^string\[\]$/, 'texts'],
  [/^\{ (readonly )?\[\w+: string\]: string;? \}$/, 'named texts'],
];

function isExported(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function isPublicMethod(member: ts.ClassElement): member is ts.MethodDeclaration {
  const isHidden = (ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : []).some(({ kind }) =>
    [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword].includes(kind),
  );
  return ts.isMethodDeclaration(member) && !isHidden && !isInternal(member);
}

function isInternal(node: ts.Node): boolean {
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
}
