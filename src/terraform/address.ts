import { IResolvable, IResolveContext, TerraformStack, Token, Tokenization } from 'cdktf';

/** Called before a stack waits for another one, with the plain address that it asked for. */
export type BeforeWaiting = (waiting: TerraformStack, other: TerraformStack, address: string) => void;

/**
 * An address to depend on, which another stack of the app may have. Terraform depends on addresses of its own
 * configuration alone, and cdktf would write an output of the other one there, which Terraform refuses: the whole other
 * stack is waited for instead.
 *
 * @param fqn of a resource
 */
export function addressInAnyStack(fqn: string, before: BeforeWaiting): string {
  const [reference] = Tokenization.reverse(fqn) as unknown as (Reference | undefined)[];
  return reference?.originStack === undefined
    ? fqn
    : Token.asString(new AddressInAnyStack(fqn, reference.identifier, reference.originStack, before));
}

/** Fields of a reference that cdktf's types do not have. */
interface Reference {
  readonly identifier: string;
  readonly originStack?: TerraformStack;
}

class AddressInAnyStack implements IResolvable {
  public readonly creationStack: string[] = [];

  public constructor(
    private readonly fqn: string,
    private readonly address: string,
    private readonly origin: TerraformStack,
    private readonly before: BeforeWaiting,
  ) {}

  public resolve({ scope }: IResolveContext): string | undefined {
    const waiting = TerraformStack.of(scope);
    if (waiting === this.origin) return this.fqn;
    this.before(waiting, this.origin, this.address);
    waiting.addDependency(this.origin);
    return undefined;
  }

  public toString(): string {
    return Token.asString(this);
  }
}
