import { writeFileSync } from 'fs';
import { join } from 'path';
import { ISynthesisSession, TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';

/**
 * Writes a file into the folder of the stack's `cdk.tf.json` when the app is synthesized; the text is asked for after
 * all aspects have run.
 */
export function writeBeside(construct: IConstruct, name: string, text: () => string): void {
  atSynthesis(construct, (folder) => writeFileSync(join(folder, name), text()));
}

/**
 * Runs after all aspects and before the stack's file is written; annotations that are made here are collected. One for
 * each construct.
 *
 * cdktf has this hook for its own assets and exports no name for it, only the symbol.
 *
 * @param run gets the folder of the stack's `cdk.tf.json`
 */
export function atSynthesis(construct: IConstruct, run: (folder: string) => void): void {
  const stack = TerraformStack.of(construct);
  const onSynthesize = ({ outdir, manifest }: ISynthesisSession) =>
    run(join(outdir, manifest.forStack(stack).workingDirectory));
  Object.defineProperty(construct, Symbol.for('cdktf/customSynthesis'), {
    value: { onSynthesize },
    configurable: true,
  });
}
