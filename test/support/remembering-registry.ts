import { Construct } from 'constructs';

/** A registry that remembers whom it was asked to let do what; a cloud's fake adds what its own interface has. */
export abstract class RememberingRegistry<Principal, Given> extends Construct {
  public readonly modelName = 'churn';
  public readonly asked: string[] = [];
  public readonly grantRegister = this.remember('register');
  public readonly grantApprove = this.remember('approve');
  public readonly grantRead = this.remember('read');
  public readonly grantPullImages = this.remember('pull');
  public readonly grantPushImages = this.remember('push');

  public constructor(scope: Construct, public readonly isApprovalAutomatic = false) {
    super(scope, 'Registry');
  }

  /** What a principal is called in `asked`. */
  protected abstract nameOf(principal: Principal): string;

  /** The cloud's empty grant. */
  protected abstract grant(): Given;

  protected remember(what: string): (principal: Principal) => Given {
    return (principal) => {
      this.asked.push(`${what} ${this.nameOf(principal)}`);
      return this.grant();
    };
  }
}
