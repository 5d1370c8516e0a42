/** @see https://learn.microsoft.com/azure/templates/microsoft.logic/2019-05-01/workflows */
export interface WorkflowBody {
  readonly properties: {
    readonly state?: 'Enabled' | 'Disabled';
    /**
     * In the language of workflows.
     *
     * @see https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language
     */
    readonly definition?: object;
    readonly parameters?: { readonly [name: string]: WorkflowParameter };
    readonly accessControl?: {
      readonly [access in 'triggers' | 'contents' | 'actions' | 'workflowManagement']?: WorkflowAccess;
    };
    readonly integrationAccount?: { readonly id?: string };
    readonly endpointsConfiguration?: object;
  };
}

export interface WorkflowParameter {
  readonly type?: 'Array' | 'Bool' | 'Float' | 'Int' | 'Object' | 'SecureObject' | 'SecureString' | 'String';
  readonly value?: unknown;
  readonly description?: string;
  readonly metadata?: object;
}

export interface WorkflowAccess {
  readonly allowedCallerIpAddresses?: readonly { readonly addressRange?: string }[];
  readonly openAuthenticationPolicies?: object;
}
