/** Removal policy of data when its construct leaves the stack, or the stack is destroyed. */
export enum RemovalPolicy {
  /**
   * Terraform refuses the plan that would delete it (`prevent_destroy`, and the resource's own deletion protection).
   */
  RETAIN = 'retain',
  /** It is deleted with all it holds. Needs the context flag `mlops:allowDestroy` as well. */
  DESTROY = 'destroy',
}
