/** Another apply may be running. */
const LOCK = '-lock-timeout=20m';
const PLAN_FILE = 'stage.tfplan';

/** Terraform's commands in a pipeline: what is applied is the plan that was shown. */
export const TERRAFORM = {
  init: 'terraform init -input=false',
  /** Compares and keeps the plan. */
  plan: `terraform plan -input=false -no-color ${LOCK} -out=${PLAN_FILE}`,
  /** Compares only, with no right to write the state. */
  look: 'terraform plan -input=false -no-color -lock=false',
  /** Applies the plan that was kept. */
  apply: `terraform apply -input=false ${LOCK} ${PLAN_FILE}`,
} as const;
