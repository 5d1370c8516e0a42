export * from './blueprint-props';
export * from './level0';
export * from './level1';
export * from './level2';
export * from './platform-parts';
