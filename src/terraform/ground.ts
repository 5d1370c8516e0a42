import { IConstruct } from 'constructs';
import { stackOf } from './stack';
import { refuse, refuseBecause, Speaker, speakerFor } from '../core/private/validation';

/** Ground that every construct of one cloud stands on: a stack has one, and its constructs find it. */
export interface Ground {
  /** Tells the clouds apart, also between two copies of this package. */
  readonly key: symbol;
  /** Error where a stack has none: how to make it. */
  readonly missing: string;
  /** Error where a stack would have a second one. */
  readonly alone: string;
}

/** The ground of the stack that a construct is in. */
export function groundOf<T>(scope: IConstruct, { key, missing }: Ground): T {
  const who: Speaker = speakerFor(speakerOf(scope), scope);
  const stack = stackOf(scope, who);
  return (stack as unknown as { [key: symbol]: T | undefined })[key] ?? refuseBecause(who, missing);
}

/** Makes it the ground of its stack, which may have one only. */
export function registerGround(who: Speaker, made: IConstruct, { key, alone }: Ground): void {
  const stack = stackOf(made, who);
  if (key in stack) refuse(who, 'scope', stack.node.id, alone);
  Object.defineProperty(stack, key, { value: made });
}

function speakerOf(scope: IConstruct): string {
  return scope.constructor.name.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
