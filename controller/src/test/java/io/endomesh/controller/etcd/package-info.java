@NullMarked
package io.endomesh.controller.etcd;

import org.jspecify.annotations.NullMarked;
