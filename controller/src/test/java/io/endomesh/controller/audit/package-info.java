@NullMarked
package io.endomesh.controller.audit;

import org.jspecify.annotations.NullMarked;
