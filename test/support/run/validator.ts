/** Stands for `@aws/cloudformation-validate`: see environment.ts. */
module.exports = (globalThis as any).cloudFormationValidate;
