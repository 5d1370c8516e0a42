/** Text by names. */
export interface Texts {
  readonly [name: string]: string;
}

/** Members of every asset of a workspace or registry. */
export interface AssetProperties {
  readonly description?: string;
  /** Can be added to, and neither removed nor changed. */
  readonly properties?: Texts;
  readonly tags?: Texts;
  readonly isArchived?: boolean;
}

/** Members of a version of an asset. A version never changes: other content is another version. */
export interface AssetVersionProperties extends AssetProperties {
  /** The service made its name and version. */
  readonly isAnonymous?: boolean;
}

/** A name that versions are kept under. */
export interface AssetBody<Properties extends AssetProperties = AssetProperties> {
  readonly properties: Properties;
}

/** Members of endpoints and deployments beside location, identity and tags. */
export interface Sku {
  readonly name: string;
  readonly tier?: 'Free' | 'Basic' | 'Standard' | 'Premium';
  readonly size?: string;
  readonly family?: string;
  readonly capacity?: number;
}

/** A script of a code asset. */
export interface CodeConfiguration {
  /** ARM id of a version of a code asset. */
  readonly codeId?: string;
  readonly scoringScript: string;
}

/** Identities inside a body, where the resource around it does not have them. */
export interface ManagedServiceIdentity {
  readonly type: 'None' | 'SystemAssigned' | 'UserAssigned' | 'SystemAssigned,UserAssigned';
  /** By ARM id. */
  readonly userAssignedIdentities?: { readonly [armId: string]: object };
}

export type WeekDay = 'Monday' | 'Tuesday' | 'Wednesday' | 'Thursday' | 'Friday' | 'Saturday' | 'Sunday';

/** Times of a recurrence. */
export interface RecurrenceTimes {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly monthDays?: readonly number[];
  readonly weekDays?: readonly WeekDay[];
}

interface TriggerWindow {
  /** ISO 8601 without an offset. */
  readonly startTime?: string;
  readonly endTime?: string;
  /** A time zone of Windows, `W. Europe Standard Time`. */
  readonly timeZone?: string;
}

export interface RecurrenceTrigger extends TriggerWindow {
  readonly triggerType: 'Recurrence';
  readonly frequency: 'Minute' | 'Hour' | 'Day' | 'Week' | 'Month';
  readonly interval: number;
  readonly schedule?: RecurrenceTimes;
}

/** A cron expression whose days and months are not read. */
export interface CronTrigger extends TriggerWindow {
  readonly triggerType: 'Cron';
  readonly expression: string;
}

/** E-mails about jobs, 499 characters of addresses in all. */
export interface NotificationSetting {
  readonly emailOn?: readonly ('JobCompleted' | 'JobFailed' | 'JobCancelled')[];
  readonly emails?: readonly string[];
  readonly webhooks?: { readonly [name: string]: { readonly webhookType: 'AzureDevOps'; readonly eventType?: string } };
}
