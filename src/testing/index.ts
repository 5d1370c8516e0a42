export * from './inventory';
export * from './snapshot';
