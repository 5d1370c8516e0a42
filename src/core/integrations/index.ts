export * from './delta-table';
export * from './feast-options';
export * from './integration';
export * from './integration-hosting';
export * from './integration-options';
export * from './integrations';
export * from './secret-name';
