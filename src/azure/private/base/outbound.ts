import { IWorkspace } from '../../workspace-props';

/** What computes of a workspace connect to. */
export interface Outbound {
  /** AllowInternetOutbound, AllowOnlyApprovedOutbound or Disabled. */
  readonly isolationMode: string;
  /** Names that are approved. */
  readonly fqdns: readonly string[];
}

/** Networks of the workspaces that are made in this app. */
const NETWORKS = new WeakMap<IWorkspace, Outbound>();

export function rememberOutbound(workspace: IWorkspace, network: Outbound): void {
  NETWORKS.set(workspace, network);
}

/** Undefined where the workspace is of another stack: nothing is known of its network then. */
export function outboundOf(workspace: IWorkspace): Outbound | undefined {
  return NETWORKS.get(workspace);
}
