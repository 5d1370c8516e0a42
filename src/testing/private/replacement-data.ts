import { readFileSync } from 'fs';
import { join } from 'path';

/** What the engines cannot change in place, as `data/replacement.json` has it. */
interface ReplacementData {
  /** Types of CloudFormation that hold what is lost with them. */
  readonly stateful: readonly string[];
  /** Properties by type, in one text. */
  readonly cloudFormation: { readonly [resourceType: string]: string };
  /** Arguments by type, in one text; those of a block are `settings.disk_type`. */
  readonly terraform: { readonly [resourceType: string]: string };
}

let data: ReplacementData | undefined;

function loaded(): ReplacementData {
  // Beside src/ and lib/: both are three folders above this file.
  data ??= JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'data', 'replacement.json'), 'utf8'));
  return data!;
}

/** Whether CloudFormation's specification says that a resource of the type holds something. */
export function isStatefulType(cloudFormationType: string): boolean {
  return loaded().stateful.includes(cloudFormationType);
}

/** Properties whose change replaces a resource of the type; none where CloudFormation has no such type of its own. */
export function replacingProperties(cloudFormationType: string): readonly string[] {
  return loaded().cloudFormation[cloudFormationType]?.split(' ') ?? [];
}

/** Arguments whose change recreates a resource of the type; undefined where its schema is not known here. */
export function replacingArguments(terraformType: string): readonly string[] | undefined {
  return loaded().terraform[terraformType]?.split(' ');
}
