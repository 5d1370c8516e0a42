export { acknowledge } from '../../../terraform/acknowledge';
