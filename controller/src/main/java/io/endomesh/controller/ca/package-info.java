/**
 * The certificate authority of the mesh: one root, short-lived workload certificates, the
 * controller's own.
 */
@NullMarked
package io.endomesh.controller.ca;

import org.jspecify.annotations.NullMarked;
