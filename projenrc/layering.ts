import { cdk } from 'projen';
import { AZURE_GROUND, GCP_GROUND, ROOMS } from './rooms';

/** Who may import whom; `test/structure` proves the same from the files themselves. */
export function layering(project: cdk.JsiiProject): void {
  const zones = [
    { target: './src/core', from: './src', except: ['./core'], message: 'core knows no cloud' },
    { target: './src/aws', from: './src', except: ['./core', './aws'], message: 'a cloud imports core and itself only' },
    { target: './src/terraform', from: './src', except: ['./core', './terraform'], message: 'terraform knows no cloud' },
    ...['azure', 'gcp'].map((cloud) => ({
      target: `./src/${cloud}`,
      from: './src',
      except: ['./core', './terraform', `./${cloud}`],
      message: 'a cloud imports core, its engine and itself only',
    })),
    ...cloudZones('aws', []),
    ...cloudZones('azure', AZURE_GROUND),
    ...cloudZones('gcp', GCP_GROUND),
  ];
  project.eslint?.addRules({
    'import/no-restricted-paths': ['error', { zones }],
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

/**
 * Blueprints -> constructs -> private rooms -> base. Private files read the props of a construct and what it stands on,
 * never the construct.
 */
function cloudZones(cloud: string, ground: string[]) {
  const folder = `./src/${cloud}`;
  const order = 'blueprints -> constructs -> private';
  return [
    { target: `${folder}/private/**`, from: `${folder}/!(${['*-props', ...ground].join('|')}).ts`, message: order },
    { target: `${folder}/private`, from: `${folder}/blueprints`, message: order },
    { target: `${folder}/!(blueprints|index.ts)`, from: `${folder}/blueprints`, message: 'constructs know no blueprint' },
    ...Object.entries(ROOMS[cloud]).map(([room, others]) => ({
      target: `${folder}/private/${room}`,
      from: `${folder}/private`,
      except: ['base', room, ...others].filter((name, index, all) => all.indexOf(name) === index).map((name) => `./${name}`),
      message: `${room} may use ${['base', ...others].join(', ')} (projenrc/rooms.ts)`,
    })),
  ];
}
