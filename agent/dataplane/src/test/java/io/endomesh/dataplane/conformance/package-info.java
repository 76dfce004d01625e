/**
 * The executable specification of the data plane: one class a policy, one sentence a test, one fake
 * clock. docs/conformance.md is generated from the names.
 */
package io.endomesh.dataplane.conformance;
