import { Construct, IConstruct } from 'constructs';
import { refuseBecause, Speaker } from './validation';

/** The sections of a blueprint, and the parts that are brought instead of what some of them describe. */
interface Sections {
  readonly encryptionKey?: unknown;
  readonly platform?: { readonly [part: string]: IConstruct | undefined };
  readonly [section: string]: unknown;
}

const SECTIONS = [
  'data',
  'workspace',
  'tracking',
  'integrations',
  'features',
  'registry',
  'training',
  'serving',
  'monitoring',
  'delivery',
  'governance',
];

/** Parts that may be brought, by the names of the sections that describe new ones. */
const BRINGABLE = ['data', 'workspace', 'tracking', 'features', 'registry'];

/** Refuses a part where a section belongs, and a section about a part that is brought: it would be ignored. */
export function checkPlatformParts(who: Speaker, props: object): void {
  const sections = props as Sections;
  for (const section of SECTIONS) {
    const value = sections[section];
    if (!Construct.isConstruct(value)) continue;
    const instead = BRINGABLE.includes(section) ? `give it as platform.${section}` : 'say here how its own is made';
    refuseBecause(who, `${section} describes a part that is made, and '${value.node.path}' exists: ${instead}`);
  }
  const unknown = Object.keys(sections.platform ?? {}).find((part) => !BRINGABLE.includes(part));
  if (unknown !== undefined) refuseBecause(who, `platform has no part ${unknown}: ${BRINGABLE.join(', ')} are`);
  for (const part of BRINGABLE) {
    if (sections.platform?.[part] === undefined || sections[part] === undefined) continue;
    refuseBecause(who, `${part} describes a part that is made, and platform.${part} exists: leave one of them out`);
  }
  if (sections.platform?.data !== undefined && sections.encryptionKey !== undefined) {
    refuseBecause(who, 'encryptionKey is for a lake that is made, and platform.data has a key: leave one of them out');
  }
}
