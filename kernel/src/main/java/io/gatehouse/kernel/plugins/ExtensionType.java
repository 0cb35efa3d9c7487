/*
 * Copyright the Gatehouse authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.gatehouse.kernel.plugins;

import io.gatehouse.spi.ExtensionFactory;
import io.gatehouse.spi.authentication.AuthenticatorFactory;
import io.gatehouse.spi.authentication.SaslObserverFactory;
import io.gatehouse.spi.identity.PrincipalExtractorFactory;
import io.gatehouse.spi.identity.UserMappingStoreFactory;
import io.gatehouse.spi.interception.InterceptorFactory;
import io.gatehouse.spi.operations.ManagementFactory;
import io.gatehouse.spi.resources.ResourceKind;
import io.gatehouse.spi.resources.ResourceStoreFactory;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.pf4j.ExtensionPoint;

/**
 * An extension point of the SPI, as a key into {@link PluginSnapshot}.
 *
 * @param <T> what its extensions implement
 */
public final class ExtensionType<T extends ExtensionPoint> {

    private static final Pattern FACTORY_NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern KIND_NAME = Pattern.compile("[A-Z][A-Za-z0-9]*");

    public static final ExtensionType<AuthenticatorFactory<?>> AUTHENTICATOR =
            factory("authenticator", AuthenticatorFactory.class);
    public static final ExtensionType<PrincipalExtractorFactory<?>> PRINCIPAL_EXTRACTOR =
            factory("principal extractor", PrincipalExtractorFactory.class);
    public static final ExtensionType<UserMappingStoreFactory<?>> USER_MAPPING_STORE =
            factory("user mapping store", UserMappingStoreFactory.class);
    public static final ExtensionType<InterceptorFactory<?>> INTERCEPTOR =
            factory("interceptor", InterceptorFactory.class);
    public static final ExtensionType<ResourceStoreFactory<?>> RESOURCE_STORE =
            factory("resource store", ResourceStoreFactory.class);
    public static final ExtensionType<SaslObserverFactory> SASL_OBSERVER =
            factory("SASL observer", SaslObserverFactory.class);
    public static final ExtensionType<ManagementFactory<?>> MANAGEMENT =
            factory("management interface", ManagementFactory.class);
    public static final ExtensionType<ResourceKind<?>> RESOURCE_KIND =
            new ExtensionType<>("resource kind", ResourceKind.class, ExtensionType::kindName);

    /** Every extension point of the SPI. */
    public static final List<ExtensionType<?>> ALL = List.of(
            AUTHENTICATOR,
            SASL_OBSERVER,
            PRINCIPAL_EXTRACTOR,
            USER_MAPPING_STORE,
            INTERCEPTOR,
            RESOURCE_STORE,
            MANAGEMENT,
            RESOURCE_KIND);

    private final String label;
    private final Class<?> point;
    private final Function<ExtensionPoint, String> name;

    private ExtensionType(String label, Class<?> point, Function<ExtensionPoint, String> name) {
        this.label = label;
        this.point = point;
        this.name = name;
    }

    private static <T extends ExtensionPoint> ExtensionType<T> factory(String label, Class<?> point) {
        return new ExtensionType<>(label, point, ExtensionType::factoryName);
    }

    private static String factoryName(ExtensionPoint extension) {
        ExtensionFactory<?> factory = (ExtensionFactory<?>) extension;
        Objects.requireNonNull(factory.configType(), "configType() is null");
        return require(factory.name(), "name()", FACTORY_NAME, "lower case letters, digits and dashes");
    }

    private static String kindName(ExtensionPoint extension) {
        ResourceKind<?> kind = (ResourceKind<?>) extension;
        Objects.requireNonNull(kind.specType(), "specType() is null");
        return require(kind.kind(), "kind()", KIND_NAME, "UpperCamelCase");
    }

    private static String require(String value, String method, Pattern form, String expected) {
        Objects.requireNonNull(value, method + " is null");
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException(method + ": \"" + value + "\" (expected: " + expected + ")");
        }
        return value;
    }

    boolean accepts(Class<?> extensionClass) {
        return point.isAssignableFrom(extensionClass);
    }

    /** @throws RuntimeException when the extension has no usable name; calls into the plugin */
    String nameOf(ExtensionPoint extension) {
        return name.apply(extension);
    }

    @SuppressWarnings("unchecked")
    T cast(ExtensionPoint extension) {
        return (T) point.cast(extension);
    }

    /** The point's name for people, such as {@code user mapping store}. */
    @Override
    public String toString() {
        return label;
    }
}
