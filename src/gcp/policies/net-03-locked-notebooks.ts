import { one } from '../../terraform/policy/resource-view';
import { Rule, unless } from '../../terraform/policy/rule';

/** A notebook has no public address and no root. */
export const lockedNotebooks: Rule = {
  policy: 'MLOPS-NET-03',
  types: ['google_workbench_instance'],
  fix: 'set gce_setup.disable_public_ip, and the metadata notebook-disable-root to true',
  check({ attributes }) {
    const setup = one(attributes.gce_setup);
    return unless([
      ...(setup?.disable_public_ip === true ? [] : ['disable_public_ip is off']),
      ...(String(setup?.metadata?.['notebook-disable-root']) === 'true' ? [] : ['notebook-disable-root is off']),
    ]);
  },
};
