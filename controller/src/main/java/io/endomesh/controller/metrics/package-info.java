/** What the controller tells Prometheus: of the mesh, and of itself. */
@NullMarked
package io.endomesh.controller.metrics;

import org.jspecify.annotations.NullMarked;
