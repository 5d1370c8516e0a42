export * from './data-lake';
export * from './encryption-key';
export * from './google-project';
export * from './grant';
export * from './principal';
export * from './private-network';
export * from './removal-policy';
export * from './service-account';
