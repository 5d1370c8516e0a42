export * from './delta-table';
export * from './integration';
export * from './integration-hosting';
export * from './integration-options';
export * from './integrations';
export * from './secret-name';
