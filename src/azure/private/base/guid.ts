const DIGITS = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** Shape of the ids of subscriptions, tenants, clients and objects. */
export const GUID = new RegExp(`^${DIGITS}$`, 'i');

/** The same at the end of an ARM id, where definitions of roles and policies have it. */
export const GUID_AT_END = new RegExp(`${DIGITS}$`, 'i');
