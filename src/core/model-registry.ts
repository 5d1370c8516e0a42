/** Approval of model versions before they go live. */
export class Approval {
  /** Manual: a person approves each version. */
  public static manual(): Approval {
    return new Approval(false);
  }

  /** Automatic: versions that pass the quality gate are approved. */
  public static automatic(): Approval {
    return new Approval(true);
  }

  private constructor(
    /** Whether versions are approved when they are registered. */
    public readonly isAutomatic: boolean,
  ) {}
}

/** Registry of the versions of one model, with lineage and approval. */
export interface ModelRegistryIntent {
  /**
   * Name of the model; letters, digits and hyphens, at most 63.
   *
   * @default - made from the construct's path
   */
  readonly modelName?: string;
  /**
   * Approval of versions before they go live.
   *
   * @default Approval.manual()
   */
  readonly approval?: Approval;
}
