export * from './core';
export * as aws from './aws';
export * as testing from './testing';
