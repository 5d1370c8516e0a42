export * from './expect';
export * from './inventory';
export * from './snapshot';
export * from './synthesized-resource';
export * from './synthesized-stack';
