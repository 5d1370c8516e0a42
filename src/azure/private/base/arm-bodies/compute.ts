import { RecurrenceTimes, Sku, Texts } from './common';

/** @see https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/2025-12-01/workspaces/computes */
export interface ComputeBody {
  readonly sku?: Sku;
  readonly properties: ComputeInstance | AmlCompute | KubernetesCompute;
}

interface ComputeProperties {
  readonly computeLocation?: string;
  readonly description?: string;
  readonly disableLocalAuth?: boolean;
  /** ARM id of what is attached. */
  readonly resourceId?: string;
}

/** A cluster of machines that comes and goes with its jobs. */
export interface AmlCompute extends ComputeProperties {
  readonly computeType: 'AmlCompute';
  readonly properties?: AmlComputeProperties;
}

export interface AmlComputeProperties {
  readonly vmSize?: string;
  readonly vmPriority?: 'Dedicated' | 'LowPriority';
  readonly osType?: 'Linux' | 'Windows';
  readonly isolatedNetwork?: boolean;
  readonly scaleSettings?: {
    readonly minNodeCount?: number;
    readonly maxNodeCount: number;
    readonly nodeIdleTimeBeforeScaleDown?: string;
  };
  readonly subnet?: { readonly id: string };
  readonly enableNodePublicIp?: boolean;
  readonly remoteLoginPortPublicAccess?: 'Enabled' | 'Disabled' | 'NotSpecified';
  readonly virtualMachineImage?: { readonly id: string };
  readonly propertyBag?: object;
}

/** A person's machine. */
export interface ComputeInstance extends ComputeProperties {
  readonly computeType: 'ComputeInstance';
  readonly properties?: ComputeInstanceProperties;
}

export interface ComputeInstanceProperties {
  readonly vmSize?: string;
  readonly applicationSharingPolicy?: 'Personal' | 'Shared';
  readonly computeInstanceAuthorizationType?: 'personal';
  readonly personalComputeInstanceSettings?: {
    readonly assignedUser?: { readonly objectId: string; readonly tenantId: string };
  };
  readonly enableNodePublicIp?: boolean;
  /** Idle time after which it stops, `PT2H`, 15 minutes to 3 days; read at the creation alone. */
  readonly idleTimeBeforeShutdown?: string;
  readonly subnet?: { readonly id: string };
  readonly sshSettings?: { readonly sshPublicAccess?: 'Enabled' | 'Disabled'; readonly adminPublicKey?: string };
  readonly setupScripts?: {
    readonly scripts?: { readonly startupScript?: ScriptReference; readonly creationScript?: ScriptReference };
  };
  readonly schedules?: { readonly computeStartStop?: readonly ComputeStartStop[] };
}

export interface ScriptReference {
  readonly scriptSource?: string;
  readonly scriptData?: string;
  readonly scriptArguments?: string;
  readonly timeout?: string;
}

export interface ComputeStartStop {
  readonly action?: 'Start' | 'Stop';
  readonly status?: 'Enabled' | 'Disabled';
  readonly triggerType?: 'Recurrence' | 'Cron';
  readonly recurrence?: {
    readonly frequency?: 'Minute' | 'Hour' | 'Day' | 'Week' | 'Month';
    readonly interval?: number;
    readonly startTime?: string;
    readonly timeZone?: string;
    readonly schedule?: RecurrenceTimes;
  };
  readonly cron?: { readonly expression?: string; readonly startTime?: string; readonly timeZone?: string };
}

/** A cluster of Kubernetes with the extension of Azure ML. */
export interface KubernetesCompute extends ComputeProperties {
  readonly computeType: 'Kubernetes';
  readonly properties?: {
    readonly namespace?: string;
    readonly defaultInstanceType?: string;
    readonly extensionPrincipalId?: string;
    readonly extensionInstanceReleaseTrain?: string;
    readonly vcName?: string;
    readonly instanceTypes?: { readonly [name: string]: KubernetesInstanceType };
  };
}

export interface KubernetesInstanceType {
  readonly nodeSelector?: Texts;
  readonly resources?: { readonly requests?: Texts; readonly limits?: Texts };
}
