/** Removal policy of data when its construct leaves the stack, or the stack is destroyed. */
export enum RemovalPolicy {
  /** Terraform refuses the plan that would delete it (`prevent_destroy`). */
  RETAIN = 'retain',
  /**
   * It is deleted with all it holds; what Azure deletes softly can be restored for a while. Needs the context flag
   * `mlops:allowDestroy` as well.
   */
  DESTROY = 'destroy',
}
