/** One cold process, one synthesis; prints what the process cost as the operating system counted it. */
const [program, ...args] = process.argv.slice(2);
const start = process.hrtime.bigint();

/* eslint-disable @typescript-eslint/no-require-imports -- each process loads only what it measures */
switch (program) {
  case 'blueprint':
    require('./blueprint').blueprint(Number(args[0]), Number(args[1]), args[2] === 'true');
    break;
  case 'floor':
    require('./floor').floor(args[0], args[1] === 'true');
    break;
  case 'typed-floor':
    require('./typed-floor').typedFloor(args[0], args[1] === 'true');
    break;
  case 'gcp-blueprint':
    require('./gcp-blueprint').gcpBlueprint(Number(args[0]));
    break;
  case 'azure-blueprint':
    require('./azure-blueprint').azureBlueprint(Number(args[0]));
    break;
  case 'terraform-floor':
    require('./terraform-floor').terraformFloor(args[0]);
    break;
  case 'terraform-typed-floor':
    require('./terraform-typed-floor').terraformTypedFloor(args[0]);
    break;
  case 'nothing':
    break;
  case 'require-azure':
    require('mlops-constructs/azure').AzureResourceGroup;
    break;
  case 'require-gcp':
    require('mlops-constructs/gcp').GoogleProject;
    break;
  case 'require-cdk':
    require('aws-cdk-lib');
    break;
  case 'require-ours':
    require('aws-cdk-lib');
    require('mlops-constructs/aws');
    break;
  default:
    throw new Error(`bench: no such program: '${program}'`);
}

const { user, system } = process.cpuUsage();
process.stdout.write(`\nBENCH ${JSON.stringify({
  cpuSeconds: (user + system) / 1e6,
  wallSeconds: Number(process.hrtime.bigint() - start) / 1e9,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
})}\n`);
