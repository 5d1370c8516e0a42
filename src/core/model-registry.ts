/** Who says that a model version may go live. */
export class Approval {
  /** A person with the right to approve. */
  public static manual(): Approval {
    return new Approval(false);
  }

  /** The quality gate alone: what passes it is approved. */
  public static automatic(): Approval {
    return new Approval(true);
  }

  private constructor(
    /** Whether registration approves. */
    public readonly isAutomatic: boolean,
  ) {}
}

/** Versions of one model, with where each came from and who approved it. */
export interface ModelRegistryIntent {
  /**
   * Name of the model; letters, digits and hyphens, at most 63.
   *
   * @default - made from the construct's path
   */
  readonly modelName?: string;
  /**
   * Who says that a version may go live.
   *
   * @default Approval.manual()
   */
  readonly approval?: Approval;
}
