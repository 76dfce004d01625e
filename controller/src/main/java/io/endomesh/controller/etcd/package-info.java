/** The store in etcd: one controller writes at a time, others stand by. */
@NullMarked
package io.endomesh.controller.etcd;

import org.jspecify.annotations.NullMarked;
