/** Runs the demo shop in the mesh, and checks on the running system what the mesh promises. */
@NullMarked
package io.endomesh.demo;

import org.jspecify.annotations.NullMarked;
