import { ContainerImage } from '../../src/core';

test.each(['my image', 'https://host/image:1', '/image', 'docker://image'])('an image is not %j', (uri) => {
  expect(() => ContainerImage.fromUri(uri)).toThrow(
    new Error(`container image: uri must be a registry address like host/repository/name:tag, without https://, got '${uri}'`));
});

test.each(['image', 'image:1', 'localhost:5000/a/b:1', 'host.example.com/a/b@sha256:0123', '${Token[Uri.1]}'])('an image may be %j', (uri) => {
  expect(ContainerImage.fromUri(uri).uri).toBe(uri);
});
