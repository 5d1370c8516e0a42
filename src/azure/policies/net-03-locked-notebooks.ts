import { listed } from '../../core/private/listed';
import { NOT_APPLICABLE, Rule, undecided, unless } from '../../terraform/policy/rule';
import { computeInstanceOf, COMPUTES } from '../private/policy/compute-instances';

/** A notebook has no public address, no open port of SSH and no root. */
export const lockedNotebooks: Rule = {
  policy: 'MLOPS-NET-03',
  types: [COMPUTES, 'azurerm_machine_learning_compute_instance'],
  fix: 'set enableNodePublicIp and enableRootAccess to false, and leave sshSettings out',
  check({ type, attributes }) {
    if (type !== COMPUTES) {
      return unless([
        ...(attributes.node_public_ip_enabled === false ? [] : ['node_public_ip_enabled is not off']),
        ...(listed(attributes.ssh).length > 0 ? ['ssh is open'] : []),
        'whoever opens it is root: azurerm has no attribute against it',
      ]);
    }
    const notebook = computeInstanceOf(attributes);
    if (notebook === 'unknown') return undecided('what the compute is, is not known at synthesis');
    if (notebook === undefined) return NOT_APPLICABLE;
    return unless([
      ...(notebook.enableNodePublicIp === false
        ? []
        : [{ text: 'enableNodePublicIp is not off', element: 'enableNodePublicIp' }]),
      ...(notebook.sshSettings?.sshPublicAccess === 'Enabled' ? ['sshSettings.sshPublicAccess is Enabled'] : []),
      ...(notebook.enableRootAccess === false
        ? []
        : [{ text: 'enableRootAccess is not off', element: 'enableRootAccess' }]),
    ]);
  },
};
