/**
 * What all HTTP clients have in common once they make a call of the mesh. A library adds how to
 * read its request, how to send one attempt, how to read an answer, and how to make one.
 */
@NullMarked
package io.endomesh.dataplane.http;

import org.jspecify.annotations.NullMarked;
