import { BinaryAuthorizationAttestor } from '@cdktf/provider-google/lib/binary-authorization-attestor';
import { BinaryAuthorizationPolicy } from '@cdktf/provider-google/lib/binary-authorization-policy';
import { ContainerAnalysisNote } from '@cdktf/provider-google/lib/container-analysis-note';
import { Construct } from 'constructs';
import { stableName } from '../../../terraform/names';
import { GoogleProject } from '../../google-project';
import { BinaryAuthorizationOptions } from '../../governance-guardrails-props';
import { after } from '../base/ordering';

/** Only images that were attested run on Cloud Run and GKE in the project; the project has one such policy. */
export class ImageAuthorization extends Construct {
  /** Name of the attestor, `projects/<id>/attestors/<name>`; what builds images signs for it. */
  public readonly attestor: string;

  constructor(scope: Construct, id: string, spec: Required<BinaryAuthorizationOptions>) {
    super(scope, id);
    const project = GoogleProject.of(this);
    const dependsOn = after(project._api('binaryauthorization', 'containeranalysis'));
    const name = stableName(this, undefined, { maxLength: 63, separator: '-' });
    const note = new ContainerAnalysisNote(this, 'Note', {
      project: project.projectId,
      name,
      attestationAuthority: { hint: { humanReadableName: `Images of ${this.node.path}` } },
      dependsOn,
    });
    const attestor = new BinaryAuthorizationAttestor(this, 'Attestor', {
      project: project.projectId,
      name,
      attestationAuthorityNote: {
        noteReference: note.name,
        publicKeys: [{ id: `//binaryauthorization.googleapis.com/keys/${name}`, pkixPublicKey: { publicKeyPem: spec.publicKeyPem, signatureAlgorithm: spec.signatureAlgorithm } }],
      },
      dependsOn,
    });
    this.attestor = `projects/${project.projectId}/attestors/${attestor.name}`;
    new BinaryAuthorizationPolicy(this, 'Policy', {
      project: project.projectId,
      description: 'Images run when they were attested',
      // Google's own images, those of GKE among them.
      globalPolicyEvaluationMode: 'ENABLE',
      admissionWhitelistPatterns: spec.exemptedImages.map((namePattern) => ({ namePattern })),
      defaultAdmissionRule: {
        evaluationMode: 'REQUIRE_ATTESTATION',
        enforcementMode: spec.dryRun ? 'DRYRUN_AUDIT_LOG_ONLY' : 'ENFORCED_BLOCK_AND_AUDIT_LOG',
        requireAttestationsBy: [this.attestor],
      },
      dependsOn,
    });
  }
}
