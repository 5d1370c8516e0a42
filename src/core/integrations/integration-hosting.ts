/** The place where the server of a system runs. */
export class IntegrationHosting {
  /** The cloud's own service of the system, where it has one. */
  public static readonly MANAGED = new IntegrationHosting('managed');
  /** A container with a database, private to the network, run by the stack. */
  public static readonly SERVICE = new IntegrationHosting('service');

  private constructor(
    /** `managed` or `service`. */
    public readonly name: string,
  ) {}
}
