# Every target sets itself up first: only Python 3.11 or newer, make and git are needed.
# All logic is in bootstrap.py; on Windows without make, make.bat offers the same targets.
#
# Settings:  OUT=folder      report: where to put the report          报告输出目录
#            DATA=folder     the tables of another city               另一城市的数据表所在目录
#            FILE=file       template, add: a file outside the inbox   收件夹以外的文件
#            SOURCES=folder  audit: the documents to check against    原始文件所在目录
#            COVERAGE=1      test: note which lines run               测试时记录覆盖率
#            QUICK=1         bench: fewer rounds, smaller sizes       快速基准测试
#            ARGS="..."      further arguments, e.g. ARGS="-k growth" 附加参数
#            ENV=current     use the activated environment (conda)    使用当前已激活的环境
#            PYTHON=python   the Python to set up with                指定 Python

.DEFAULT_GOAL := help

# The first Python in the supported range; else any Python 3, so that bootstrap.py can say what is wrong with it.
ifndef PYTHON
ifeq ($(ENV),current)
PYTHON := $(shell for p in python python3; do if "$$p" -c "" >/dev/null 2>&1; then echo "$$p"; break; fi; done)
else ifeq ($(filter help,$(or $(MAKECMDGOALS),help)),)
PYTHON := $(shell for p in python3 python python3.13 python3.12 python3.14 python3.11; do \
    if "$$p" -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))" >/dev/null 2>&1; then echo "$$p"; exit; fi; done; \
    for p in python3 python; do if "$$p" -c "import sys; sys.exit(sys.version_info < (3,))" >/dev/null 2>&1; then echo "$$p"; exit; fi; done)
endif
endif

help: ## List the targets | 列出全部命令
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Set up the environment .venv only | 仅安装运行环境
report: ## Build every report into reports/ (OUT=folder) | 生成全部报告
test: ## Run the tests | 运行测试
test-e2e: ## Run the end-to-end tests, which build whole reports | 运行端到端测试
lab: ## Open the notebooks in JupyterLab | 在 JupyterLab 中打开笔记本
notebooks: ## Execute the notebooks and keep their results in them | 运行笔记本并保存结果
read: ## Propose every figure of a document in data/inbox/NAME.xlsx (FILE=document) | 读文件，提出其中的数字
template: ## Write data/inbox/new_figures.xlsx to fill in (FILE=file) | 写出填报模板
add: ## Add the figures of the inbox (FILE=file; ARGS=--dry-run to look first) | 添加新数字
codebook: ## Write the codebook of the data tables | 生成数据说明
audit: ## Check the figures against their sources (SOURCES=folder) | 对照原始文件核对数据
bench: ## Measure speed and memory into benchmarks/results.md (QUICK=1 for a short form) | 性能基准测试
pins: ## Compile requirements.txt anew (needs uv; UPGRADE=1 for newer versions) | 更新依赖版本
clean: ## Remove reports and caches, keep .venv | 清除报告与缓存
distclean: ## Remove .venv as well | 连同运行环境一并清除

setup report test test-e2e lab notebooks read template add codebook audit bench pins clean distclean:
	@$(if $(PYTHON),,$(error Python 3.11 or newer was not found; install it, or name it: make $@ PYTHON=... / 未找到 Python 3.11 或更高版本，请先安装，或用 PYTHON=... 指定))exec "$(PYTHON)" bootstrap.py $@

.PHONY: help setup report test test-e2e lab notebooks read template add codebook audit bench pins clean distclean
