package asyncio4j.bridge.spring;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What {@code @Transactional} needs. */
@Configuration(proxyBeanMethods = false)
class TransactionConfiguration {

    /** Static, and known by its own type, as it has to be there before the interceptor. */
    @Bean
    static TransactionPostProcessor asyncioTransactions() {
        return new TransactionPostProcessor();
    }
}
