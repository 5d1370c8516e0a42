import { cdk } from 'projen';

/** Who may import whom; `test/structure` proves the same from the files themselves. */
export function layering(project: cdk.JsiiProject): void {
  project.eslint?.addRules({
    'import/no-restricted-paths': ['error', {
      zones: [
        { target: './src/core', from: './src', except: ['./core'], message: 'core knows no cloud' },
        { target: './src/aws', from: './src', except: ['./core', './aws'], message: 'a cloud imports core and itself only' },
        { target: './src/terraform', from: './src', except: ['./core', './terraform'], message: 'terraform knows no cloud' },
        { target: './src/gcp', from: './src', except: ['./core', './terraform', './gcp'], message: 'a cloud imports core, its engine and itself only' },
        { target: './src/gcp/private', from: './src/gcp', except: ['./private', ...GCP_GROUND], message: 'blueprints -> constructs -> private' },
        { target: './src/gcp/!(blueprints|index.ts)', from: './src/gcp/blueprints', message: 'constructs know no blueprint' },
        { target: './src/aws/private', from: './src/aws', except: ['./private'], message: 'blueprints -> constructs -> private' },
        { target: './src/aws/!(blueprints|index.ts)', from: './src/aws/blueprints', message: 'constructs know no blueprint' },
      ],
    }],
    'no-restricted-imports': ['error', {
      patterns: [
        { group: ['aws-cdk-lib/*'], message: 'import { aws_x as x } from \'aws-cdk-lib\': a service is then loaded only where it is used' },
        { regex: '^@cdktf/provider-[a-z]+$', message: 'import lib/<resource>: the root costs seconds and hundreds of megabytes' },
      ],
    }],
  });
  project.eslint?.addOverride({
    files: ['test/**', 'examples/**', 'bench/**', 'projenrc/**'],
    rules: { 'no-restricted-imports': 'off' },
  });
}

/** What every construct of Google Cloud stands on. */
const GCP_GROUND = ['encryption-key', 'google-project', 'grant', 'principal', 'private-network', 'removal-policy', 'service-account'].map((name) => `./${name}.ts`);
