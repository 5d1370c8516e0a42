import { writeFileSync } from 'fs';
import { join } from 'path';
import { TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';

/**
 * Writes a file into the folder of the stack's `cdk.tf.json` when the app is synthesized; the text is asked for after all aspects have run.
 *
 * cdktf has this hook for its own assets and exports no name for it, only the symbol.
 */
export function writeBeside(construct: IConstruct, name: string, text: () => string): void {
  const onSynthesize = ({ outdir }: { outdir: string }) => writeFileSync(join(outdir, 'stacks', TerraformStack.of(construct).node.id, name), text());
  Object.defineProperty(construct, Symbol.for('cdktf/customSynthesis'), { value: { onSynthesize }, configurable: true });
}
