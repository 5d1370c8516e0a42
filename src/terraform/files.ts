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

/**
 * Runs after everything else at the synthesis of a stack, and gets what the stack's file will say. The engine renders
 * the stack next, and nothing lies between: it is given the same rendering, since one costs as much as the stack is
 * large. One for each stack.
 */
export function withTheFile(stack: TerraformStack, run: (folder: string, json: Rendering) => void): void {
  const { synthesizer } = stack;
  let isBeingWritten = false;
  stack.synthesizer = {
    synthesize: (session) => {
      const own = Object.getOwnPropertyDescriptor(stack, 'toTerraform');
      // A program in another language that overrides the method has it as a property that stays.
      isBeingWritten = own?.configurable ?? true;
      try {
        synthesizer.synthesize(session);
      } finally {
        if (isBeingWritten) restore(stack, own);
        isBeingWritten = false;
      }
    },
  };
  // The engine looks at children before their parents.
  atSynthesis(stack, (folder) => {
    const json = stack.toTerraform();
    if (isBeingWritten) Object.defineProperty(stack, 'toTerraform', { value: () => json, configurable: true });
    run(folder, json);
  });
}

/** A stack as the engine renders it, overrides included. */
export type Rendering = Readonly<Record<string, any>>;

function restore(stack: TerraformStack, own: PropertyDescriptor | undefined): void {
  delete (stack as Partial<TerraformStack>).toTerraform;
  if (own !== undefined) Object.defineProperty(stack, 'toTerraform', own);
}
