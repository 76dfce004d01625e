/**
 * What HTTP libraries have in common once the mesh is asked. For a client: all of a call but how to
 * read its request, how to send one attempt, how to read an answer, and how to make one. For a
 * server: what a refused caller still sends.
 */
@NullMarked
package io.endomesh.dataplane.http;

import org.jspecify.annotations.NullMarked;
